#include "firmware/match/kernels.h"

static guint scan_plain(const guint64 *codes, guint n, guint64 probe, guint limit, guint16 *hits)
{
	guint n_hits = 0;

	for (guint i = 0; i < n; i++) {
		hits[n_hits] = (guint16)i;
		n_hits += match_count_bits(codes[i] ^ probe) <= limit;
	}
	return n_hits;
}

static void project_plain(const gint16 (*rows)[MATCH_PROJECTED], const gint32 *offsets,
						  guint n_words, const gint16 moments[MATCH_PROJECTED], guint64 *words)
{
	for (guint w = 0; w < n_words; w++) {
		words[w] = 0;
		for (guint bit = 0; bit < 64; bit++, rows++, offsets++) {
			gint32 sum = 0;

			for (guint k = 0; k < MATCH_PROJECTED; k++)
				sum += (gint32)(*rows)[k] * moments[k];
			words[w] |= (guint64)(sum > *offsets) << bit;
		}
	}
}

static void add_plain(float *sums, const float *values, float factor, guint n)
{
	for (guint k = 0; k < n; k++)
		sums[k] += factor * values[k];
}

/* Columns first, then across them: the order that all give the same sum in. */
static float sum_columns(const float sums[MATCH_FILTER_STRIDE])
{
	float sum = 0;

	for (guint x = 0; x < MATCH_FILTER_STRIDE; x++)
		sum += sums[x];
	return sum;
}

static void filter_plain(const MatchFilter *filter, const float *at, guint pitch, guint n,
						 float *out)
{
	for (guint k = 0; k < n; k++) {
		const float *from = at + (k >> 1) * pitch + (k & 1);
		float sums[MATCH_FILTER_STRIDE] = {0};

		for (guint y = 0; y < MATCH_FILTER_ROWS; y++)
			for (guint x = 0; x < MATCH_FILTER_STRIDE; x++)
				sums[x] += (*filter)[y][x] * from[y * pitch + x];
		out[k] = sum_columns(sums);
	}
}

static const MatchKernels plain = {"plain C", scan_plain, project_plain, filter_plain, add_plain};

#if defined(__x86_64__)

#include <immintrin.h>

/* Set bits of each half of the vector by a table of nibbles (Muła, Kurz, Lemire 2018). */
__attribute__((target("ssse3"))) static inline __m128i count_bits_128(__m128i bits)
{
	const __m128i table = _mm_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4);
	const __m128i low = _mm_set1_epi8(0x0f);
	__m128i counts =
		_mm_add_epi8(_mm_shuffle_epi8(table, _mm_and_si128(bits, low)),
					 _mm_shuffle_epi8(table, _mm_and_si128(_mm_srli_epi16(bits, 4), low)));

	return _mm_sad_epu8(counts, _mm_setzero_si128());
}

__attribute__((target("ssse3"))) static guint scan_ssse3(const guint64 *codes, guint n,
														 guint64 probe, guint limit, guint16 *hits)
{
	const __m128i wanted = _mm_set1_epi64x((gint64)probe), most = _mm_set1_epi32((gint)limit);
	guint n_hits = 0, i = 0;

	for (; i + 4 <= n; i += 4) {
		const __m128i *at = (const __m128i *)(gconstpointer)(codes + i);
		__m128i first = count_bits_128(_mm_xor_si128(_mm_loadu_si128(at), wanted));
		__m128i second = count_bits_128(_mm_xor_si128(_mm_loadu_si128(at + 1), wanted));
		/* The counts are in the even 32-bit lanes: both vectors in one. */
		__m128i counts = _mm_or_si128(first, _mm_slli_epi64(second, 32));
		guint miss = (guint)_mm_movemask_ps(_mm_castsi128_ps(_mm_cmpgt_epi32(counts, most)));

		if (miss == 15)
			continue;
		hits[n_hits] = (guint16)i;
		n_hits += !(miss & 1);
		hits[n_hits] = (guint16)(i + 1);
		n_hits += !(miss & 4);
		hits[n_hits] = (guint16)(i + 2);
		n_hits += !(miss & 2);
		hits[n_hits] = (guint16)(i + 3);
		n_hits += !(miss & 8);
	}
	for (; i < n; i++) {
		hits[n_hits] = (guint16)i;
		n_hits += match_count_bits(codes[i] ^ probe) <= limit;
	}
	return n_hits;
}

__attribute__((target("avx2"))) static inline __m256i count_bits_256(__m256i bits)
{
	const __m256i table = _mm256_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4, 0, 1, 1,
										   2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4);
	const __m256i low = _mm256_set1_epi8(0x0f);
	__m256i counts = _mm256_add_epi8(
		_mm256_shuffle_epi8(table, _mm256_and_si256(bits, low)),
		_mm256_shuffle_epi8(table, _mm256_and_si256(_mm256_srli_epi16(bits, 4), low)));

	return _mm256_sad_epu8(counts, _mm256_setzero_si256());
}

__attribute__((target("avx2"))) static inline __m256i counts_of_four(const guint64 *codes,
																	 __m256i wanted)
{
	__m256i bits = _mm256_loadu_si256((const __m256i *)(gconstpointer)codes);

	return count_bits_256(_mm256_xor_si256(bits, wanted));
}

__attribute__((target("avx2"))) static guint scan_avx2(const guint64 *codes, guint n, guint64 probe,
													   guint limit, guint16 *hits)
{
	const __m256i wanted = _mm256_set1_epi64x((gint64)probe);
	const __m256i most = _mm256_set1_epi16((gint16)limit);
	guint n_hits = 0, i = 0;

	for (; i + 16 <= n; i += 16) {
		__m256i counts = counts_of_four(codes + i, wanted);
		guint hit;

		counts =
			_mm256_or_si256(counts, _mm256_slli_epi64(counts_of_four(codes + i + 4, wanted), 16));
		counts =
			_mm256_or_si256(counts, _mm256_slli_epi64(counts_of_four(codes + i + 8, wanted), 32));
		counts =
			_mm256_or_si256(counts, _mm256_slli_epi64(counts_of_four(codes + i + 12, wanted), 48));
		hit = ~(guint)_mm256_movemask_epi8(_mm256_cmpgt_epi16(counts, most));
		if (hit == 0)
			continue;
		/* Of each code two bits: of the lanes of 64 bits, the first, second, third, fourth 16. */
		for (guint part = 0; part < 4; part++)
			for (guint lanes = hit >> 2 * part & 0x01010101; lanes != 0; lanes &= lanes - 1)
				hits[n_hits++] = (guint16)(i + 4 * part + (guint)__builtin_ctz(lanes) / 8);
	}
	for (; i < n; i++) {
		hits[n_hits] = (guint16)i;
		n_hits += match_count_bits(codes[i] ^ probe) <= limit;
	}
	return n_hits;
}

__attribute__((target("avx2"))) static inline gint32 sum_lanes(__m256i sum)
{
	__m128i half = _mm_add_epi32(_mm256_castsi256_si128(sum), _mm256_extracti128_si256(sum, 1));

	half = _mm_add_epi32(half, _mm_shuffle_epi32(half, 0x4e));
	half = _mm_add_epi32(half, _mm_shuffle_epi32(half, 0xb1));
	return _mm_cvtsi128_si32(half);
}

__attribute__((target("avx2"))) static void project_avx2(const gint16 (*rows)[MATCH_PROJECTED],
														 const gint32 *offsets, guint n_words,
														 const gint16 moments[MATCH_PROJECTED],
														 guint64 *words)
{
	__m256i held[MATCH_PROJECTED / 16];

	for (guint k = 0; k < MATCH_PROJECTED / 16; k++)
		held[k] = _mm256_loadu_si256((const __m256i *)(gconstpointer)(moments + 16 * k));
	for (guint w = 0; w < n_words; w++) {
		guint64 word = 0;

		for (guint bit = 0; bit < 64; bit++, rows++, offsets++) {
			const __m256i *row = (const __m256i *)(gconstpointer)*rows;
			__m256i sum = _mm256_madd_epi16(_mm256_loadu_si256(row), held[0]);

			for (guint k = 1; k < MATCH_PROJECTED / 16; k++)
				sum =
					_mm256_add_epi32(sum, _mm256_madd_epi16(_mm256_loadu_si256(row + k), held[k]));
			word |= (guint64)(sum_lanes(sum) > *offsets) << bit;
		}
		words[w] = word;
	}
}

__attribute__((target("avx2"))) static void add_avx2(float *sums, const float *values, float factor,
													 guint n)
{
	const __m256 by = _mm256_set1_ps(factor);
	guint k = 0;

	for (; k + 8 <= n; k += 8)
		_mm256_storeu_ps(sums + k, _mm256_add_ps(_mm256_loadu_ps(sums + k),
												 _mm256_mul_ps(by, _mm256_loadu_ps(values + k))));
	for (; k < n; k++)
		sums[k] += factor * values[k];
}

__attribute__((target("avx2"))) static void filter_avx2(const MatchFilter *filter, const float *at,
														guint pitch, guint n, float *out)
{
	for (guint k = 0; k < n; k += 2) {
		const float *from = at + (k >> 1) * pitch;
		__m256 left[3], right[3];
		float sums[MATCH_FILTER_STRIDE];

		for (guint v = 0; v < 3; v++)
			left[v] = right[v] = _mm256_setzero_ps();
		for (guint y = 0; y < MATCH_FILTER_ROWS; y++, from += pitch)
			for (guint v = 0; v < 3; v++) {
				__m256 taps = _mm256_loadu_ps((*filter)[y] + 8 * v);

				left[v] =
					_mm256_add_ps(left[v], _mm256_mul_ps(taps, _mm256_loadu_ps(from + 8 * v)));
				right[v] =
					_mm256_add_ps(right[v], _mm256_mul_ps(taps, _mm256_loadu_ps(from + 8 * v + 1)));
			}
		for (guint v = 0; v < 3; v++)
			_mm256_storeu_ps(sums + 8 * v, left[v]);
		out[k] = sum_columns(sums);
		if (n == 1)
			return;
		for (guint v = 0; v < 3; v++)
			_mm256_storeu_ps(sums + 8 * v, right[v]);
		out[k + 1] = sum_columns(sums);
	}
}

/* Set bits are counted by the processor: a bit for each of 8 codes that is near enough. */
__attribute__((target("avx512f,avx512vpopcntdq"))) static inline guint near_of_eight(
	const guint64 *codes, __m512i wanted, __m512i most)
{
	__m512i bits = _mm512_xor_si512(_mm512_loadu_si512(codes), wanted);

	return _mm512_cmple_epu64_mask(_mm512_popcnt_epi64(bits), most);
}

__attribute__((target("avx512f,avx512vpopcntdq"))) static guint scan_avx512(const guint64 *codes,
																			guint n, guint64 probe,
																			guint limit,
																			guint16 *hits)
{
	const __m512i wanted = _mm512_set1_epi64((gint64)probe), most = _mm512_set1_epi64(limit);
	guint n_hits = 0, i = 0;

	for (; i + 32 <= n; i += 32) {
		guint hit = near_of_eight(codes + i, wanted, most);

		hit |= near_of_eight(codes + i + 8, wanted, most) << 8;
		hit |= near_of_eight(codes + i + 16, wanted, most) << 16;
		hit |= near_of_eight(codes + i + 24, wanted, most) << 24;
		for (; hit != 0; hit &= hit - 1)
			hits[n_hits++] = (guint16)(i + (guint)__builtin_ctz(hit));
	}
	for (; i + 8 <= n; i += 8)
		for (guint hit = near_of_eight(codes + i, wanted, most); hit != 0; hit &= hit - 1)
			hits[n_hits++] = (guint16)(i + (guint)__builtin_ctz(hit));
	for (; i < n; i++) {
		hits[n_hits] = (guint16)i;
		n_hits += match_count_bits(codes[i] ^ probe) <= limit;
	}
	return n_hits;
}

static const MatchKernels ssse3 = {"SSSE3", scan_ssse3, project_plain, filter_plain, add_plain};
static const MatchKernels avx2 = {"AVX2", scan_avx2, project_avx2, filter_avx2, add_avx2};
static const MatchKernels avx512 = {"AVX-512", scan_avx512, project_avx2, filter_avx2, add_avx2};

const MatchKernels *match_kernels_nth(guint n)
{
	if (n == 0)
		return &plain;
	if (n == 1 && __builtin_cpu_supports("ssse3"))
		return &ssse3;
	if (n == 2 && __builtin_cpu_supports("avx2"))
		return &avx2;
	return n == 3 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("avx512f") &&
				   __builtin_cpu_supports("avx512vpopcntdq")
			   ? &avx512
			   : NULL;
}

#elif defined(__aarch64__)

#include <arm_neon.h>

static guint scan_neon(const guint64 *codes, guint n, guint64 probe, guint limit, guint16 *hits)
{
	const uint64x2_t wanted = vdupq_n_u64(probe), most = vdupq_n_u64(limit);
	guint n_hits = 0, i = 0;

	for (; i + 2 <= n; i += 2) {
		uint8x16_t bits = vreinterpretq_u8_u64(veorq_u64(vld1q_u64(codes + i), wanted));
		uint64x2_t counts = vpaddlq_u32(vpaddlq_u16(vpaddlq_u8(vcntq_u8(bits))));
		uint64x2_t hit = vcleq_u64(counts, most);

		hits[n_hits] = (guint16)i;
		n_hits += (guint)(vgetq_lane_u64(hit, 0) & 1);
		hits[n_hits] = (guint16)(i + 1);
		n_hits += (guint)(vgetq_lane_u64(hit, 1) & 1);
	}
	for (; i < n; i++) {
		hits[n_hits] = (guint16)i;
		n_hits += match_count_bits(codes[i] ^ probe) <= limit;
	}
	return n_hits;
}

static void project_neon(const gint16 (*rows)[MATCH_PROJECTED], const gint32 *offsets,
						 guint n_words, const gint16 moments[MATCH_PROJECTED], guint64 *words)
{
	for (guint w = 0; w < n_words; w++) {
		words[w] = 0;
		for (guint bit = 0; bit < 64; bit++, rows++, offsets++) {
			int32x4_t sum = vdupq_n_s32(0);

			for (guint k = 0; k < MATCH_PROJECTED; k += 8) {
				int16x8_t a = vld1q_s16(*rows + k), b = vld1q_s16(moments + k);

				sum = vmlal_s16(sum, vget_low_s16(a), vget_low_s16(b));
				sum = vmlal_high_s16(sum, a, b);
			}
			words[w] |= (guint64)(vaddvq_s32(sum) > *offsets) << bit;
		}
	}
}

static const MatchKernels neon = {"NEON", scan_neon, project_neon, filter_plain, add_plain};

/* Every aarch64 has it. */
const MatchKernels *match_kernels_nth(guint n)
{
	return n == 0 ? &plain : n == 1 ? &neon : NULL;
}

#else

const MatchKernels *match_kernels_nth(guint n)
{
	return n == 0 ? &plain : NULL;
}

#endif

const MatchKernels *match_kernels(void)
{
	const MatchKernels *best = &plain;

	for (guint n = 1; match_kernels_nth(n) != NULL; n++)
		best = match_kernels_nth(n);
	return best;
}
