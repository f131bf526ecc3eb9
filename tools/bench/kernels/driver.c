/* Runs a kernel N times and prints its result (16 bytes, hexadecimal) and the seconds of CPU time.
   The kernel is in another file, so that the compiler cannot know what it gives, nor leave calls out. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

void kernel(uint32_t result[4]);

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return now.tv_sec + now.tv_nsec * 1e-9;
}

int main(int argc, char **argv)
{
    uint32_t result[4] = {0};
    long count = argc > 1 ? atol(argv[1]) : 1;
    double start = seconds();
    for (long i = 0; i < count; i++)
        kernel(result);
    double took = seconds() - start;
    printf("%08X%08X%08X%08X %.9f\n", result[0], result[1], result[2], result[3], took);
    return 0;
}
