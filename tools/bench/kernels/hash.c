/* hash.asm in C.  The bytes are filled in once; the value is a local variable. */
#include <stdint.h>

static uint8_t bytes[4096];
static int filled;

void kernel(uint32_t result[4])
{
    if (!filled) {
        for (int i = 0; i < 4096; i++)
            bytes[i] = (uint8_t)(7 * i + 3);
        filled = 1;
    }
    uint32_t place = 0, hash = 0x12345678;
    for (int i = 8000; i > 0; i--) {
        uint32_t value = hash ^ bytes[place];
        uint32_t shifted = value << 5;
        value += shifted;
        value ^= shifted >> 9;
        hash = value & 0x7FFFFFFF;
        place = (place + 1) & 0xFFF;
    }
    result[0] = hash;
    result[1] = place;
}
