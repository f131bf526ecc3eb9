/* sieve.asm in C. */
#include <stdint.h>

#define SIZE 8190
static uint8_t flags[SIZE];

void kernel(uint32_t result[4])
{
    uint32_t primes = 0, largest = 0;
    for (int i = 0; i < SIZE; i++)
        flags[i] = 1;
    for (int i = 0; i < SIZE; i++) {
        if (!flags[i])
            continue;
        primes++;
        largest = 2 * i + 3;
        for (uint32_t k = i + largest; k < SIZE; k += largest)
            flags[k] = 0;
    }
    result[0] = primes;
    result[1] = largest;
}
