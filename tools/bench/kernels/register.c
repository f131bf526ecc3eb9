/* register.asm in C. */
#include <stdint.h>

void kernel(uint32_t result[4])
{
    uint32_t total = 0, mixed = 7, shifted = 0;
    for (int i = 10000; i > 0; i--) {
        total += mixed;
        shifted = total << 3;
        mixed ^= shifted;
        shifted >>= 5;
        mixed += shifted;
        total -= 1;
        mixed &= 0x7FFFFFFF;
        mixed = (mixed + 1 + 3) & 0xFFFFFF;
    }
    result[0] = total;
    result[1] = mixed;
    result[2] = shifted;
    result[3] = 0;
}
