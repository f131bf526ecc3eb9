/* calls.asm in C: the two subroutines are called, not inlined. */
#include <stdint.h>

static volatile uint8_t flag = 0xFE;

struct state {
    uint32_t value, total;
};

__attribute__((noinline, noclone)) static void sum(struct state *state)
{
    state->value += 1;
    state->total += state->value;
}

__attribute__((noinline, noclone)) static void step(struct state *state)
{
    state->value += 5;
    if (flag & 1)
        state->value += 1;
}

void kernel(uint32_t result[4])
{
    struct state state = {0, 0};
    for (int i = 5000; i > 0; i--) {
        sum(&state);
        step(&state);
    }
    result[0] = state.value;
    result[1] = state.total;
}
