"""The part of the CUDA text that is the same for all programs; the op table's primitives in C."""

from collections.abc import Callable


def _helper(name: str) -> Callable[..., str]:
    return lambda *args: f"{name}({', '.join(args)})"


def _infix(sign: str) -> Callable[[str, str], str]:
    return lambda a, b: f"({a} {sign} {b})"


EMIT: dict[str, Callable[..., str]] = {
    **{sign: _infix(sign) for sign in ("+", "-", "*", "^", "&", "|")},
    "<": lambda a, b: f"(u32)({a} < {b})",
    "==": lambda a, b: f"(u32)({a} == {b})",
    "?": lambda c, a, b: f"({c} ? {a} : {b})",
    "<<": _helper("shift_left"),
    ">>": _helper("shift_right"),
    "//": _helper("quotient"),
    "cdiv": _helper("ceiling"),
    "%": _helper("rest"),
}

HEAD = """
typedef unsigned int u32;
typedef unsigned long long u64;
#ifdef __CUDACC__
#define DEVICE static __device__ __forceinline__
#define TABLE static __device__ const u32
#define KERNEL extern "C" __global__ void __launch_bounds__(THREADS, BLOCKS)
#define EACH_THREAD { const u32 thread = threadIdx.x;
#define SYNC } __syncthreads();
#define SHARED_MEMORY extern __shared__ uint4 shared_quads[]; \\
  u32* const images = (u32*)shared_quads; u32* const flags = images + SEEDS * STRIDE;
#define BLOCK blockIdx.x
#define GRID gridDim.x
#else
#include <string.h>
#define DEVICE static inline
#define TABLE static const u32
#define KERNEL extern "C" void
#define EACH_THREAD for (u32 thread = 0; thread < THREADS; ++thread) {
#define SYNC }
#define SHARED_MEMORY alignas(16) static u32 images[SEEDS * STRIDE]; static u32 flags[SEEDS];
#define BLOCK 0u
#define GRID 1u
struct uint4 { u32 x, y, z, w; };
static inline uint4 make_uint4(u32 x, u32 y, u32 z, u32 w) { return {x, y, z, w}; }
static inline u32 atomicOr(u32* at, u32 bits) { u32 old = *at; *at |= bits; return old; }
static inline u64 atomicAdd(u64* at, u64 more) { u64 old = *at; *at += more; return old; }
static inline u64 atomicMin(u64* at, u64 to) { u64 old = *at; if (to < old) *at = to; return old; }
#endif
DEVICE u32 shift_left(u32 a, u32 b) { return b < 32u ? a << (b & 31u) : 0u; }
DEVICE u32 shift_right(u32 a, u32 b) { return b < 32u ? a >> (b & 31u) : 0u; }
DEVICE u32 quotient(u32 a, u32 b) { return b ? a / b : 0u; }
DEVICE u32 rest(u32 a, u32 b) { return b ? a % b : 0u; }
DEVICE u32 ceiling(u32 a, u32 b) { return b ? a / b + (a % b != 0u) : 0u; }
DEVICE u32 rotate(u32 a, u32 n) { return a << n | a >> (32u - n); }
DEVICE u32* place(u32* image, u32 quad) {
  return image + 4u * quad + (quad < TREE_QUADS ? TREE_AT : VALUES_AT - 4u * TREE_QUADS);
}
DEVICE void put(u32* image, u32 quad, uint4 words) {
  if (quad < QUADS) *(uint4*)place(image, quad) = words;
}
struct Key { u32 words[8]; u32 number, shift; };
DEVICE u32 guard(u32 a, u32 low, u32 high, u32& miss) {
  const bool right = a - low <= high - low;
  miss |= (u32)!right;
  return right ? a : low;
}
DEVICE u32 guard_set(u32 a, u32 low, u32 high, const u32* set, u32& miss) {
  const bool right = a - low <= high - low && (set[(a - low) >> 5] >> ((a - low) & 31u) & 1u);
  miss |= (u32)!right;
  return right ? a : low;
}
"""
REPORT = """
DEVICE void report(u64* counts, u64* list, u64 index) {
  const u64 place = atomicAdd(counts, 1ull);
  atomicMin(counts + 1, index);
  if (place < LISTED) list[place] = index;
}
"""
