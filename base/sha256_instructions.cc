#include "base/sha256_compress.h"

#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))

#include <cpuid.h>
#include <immintrin.h>

namespace opcost::internal {

bool HasSha256Instructions() {
  // Intel, Software Developer's Manual, volume 2, CPUID: leaf 1, ECX 9 and 19; leaf 7, EBX 29.
  constexpr unsigned kSsse3 = 1U << 9, kSse41 = 1U << 19, kSha = 1U << 29;
  unsigned a = 0, b = 0, c = 0, d = 0;
  if (__get_cpuid(1, &a, &b, &c, &d) == 0 || (c & kSsse3) == 0 || (c & kSse41) == 0) return false;
  return __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (b & kSha) != 0;
}

// The instructions keep the state as (a, b, e, f) and (c, d, g, h), highest lane first, and take two rounds each.
__attribute__((target("sha,sse4.1,ssse3"))) void CompressWithInstructions(Sha256State& state, const uint8_t* blocks,
                                                                          size_t count) {
  constexpr size_t kQuads = 16;  // four rounds each
  const __m128i big_endian = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
  const auto load = [](const void* at) __attribute__((target("sha,sse4.1,ssse3"))) {
    return _mm_loadu_si128(static_cast<const __m128i*>(at));
  };
  const __m128i badc = _mm_shuffle_epi32(load(state.data()), 0xb1), hgfe = _mm_shuffle_epi32(load(&state[4]), 0x1b);
  __m128i abef = _mm_alignr_epi8(badc, hgfe, 8), cdgh = _mm_blend_epi16(hgfe, badc, 0xf0);
  for (; count > 0; --count, blocks += kSha256BlockBytes) {
    const __m128i abef_before = abef, cdgh_before = cdgh;
    __m128i w[4];  // the last sixteen words of the schedule
    for (size_t q = 0; q < kQuads; ++q) {
      __m128i& next = w[q % 4];
      if (q < 4) {
        next = _mm_shuffle_epi8(load(blocks + 16 * q), big_endian);
      } else {
        const __m128i newest = w[(q + 3) % 4], seven_back = _mm_alignr_epi8(newest, w[(q + 2) % 4], 4);
        next = _mm_sha256msg2_epu32(_mm_add_epi32(_mm_sha256msg1_epu32(next, w[(q + 1) % 4]), seven_back), newest);
      }
      const __m128i k = _mm_add_epi32(next, load(&kSha256Constants[4 * q]));
      cdgh = _mm_sha256rnds2_epu32(cdgh, abef, k);
      abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(k, 0x0e));
    }
    abef = _mm_add_epi32(abef, abef_before);
    cdgh = _mm_add_epi32(cdgh, cdgh_before);
  }
  const __m128i feba = _mm_shuffle_epi32(abef, 0x1b), dchg = _mm_shuffle_epi32(cdgh, 0xb1);
  _mm_storeu_si128(reinterpret_cast<__m128i*>(state.data()), _mm_blend_epi16(feba, dchg, 0xf0));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(&state[4]), _mm_alignr_epi8(dchg, feba, 8));
}

}  // namespace opcost::internal

#else

namespace opcost::internal {

bool HasSha256Instructions() { return false; }
void CompressWithInstructions(Sha256State& state, const uint8_t* blocks, size_t count) {
  CompressPortably(state, blocks, count);
}

}  // namespace opcost::internal

#endif
