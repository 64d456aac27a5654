#include "base/crc32c.h"

#include <isa-l/crc.h>

#include <array>
#include <limits>

#include "base/check.h"

namespace kmirror {

namespace {

// Polynomials over GF(2) modulo the Castagnoli polynomial, bit-reflected: the highest bit is x^0.
constexpr std::uint32_t kPolynomial = 0x82f63b78;
constexpr std::uint32_t kOne = 0x80000000;

constexpr std::uint32_t multiply(std::uint32_t a, std::uint32_t b) {
  std::uint32_t product = 0;
  for (std::uint32_t bit = kOne; bit != 0; bit >>= 1) {
    if (a & bit) product ^= b;
    b = (b >> 1) ^ ((b & 1) ? kPolynomial : 0);
  }
  return product;
}

// kPowers[i][d] is x^(8 * d * 256^i): the factor that moves a checksum over d * 256^i further
// bytes. With a factor for each digit of a length, a batch of 1 MiB costs three multiplications.
using Powers = std::array<std::array<std::uint32_t, 256>, sizeof(std::uint64_t)>;

constexpr Powers make_powers() {
  Powers powers{};
  std::uint32_t step = kOne >> 8;  // x^8
  for (auto& digit : powers) {
    digit[0] = kOne;
    for (std::size_t d = 1; d < digit.size(); ++d) digit[d] = multiply(digit[d - 1], step);
    step = multiply(digit.back(), step);
  }
  return powers;
}

constexpr Powers kPowers = make_powers();

std::uint32_t shift(std::uint32_t crc, std::uint64_t bytes) {
  for (const auto& digit : kPowers) {
    if (bytes == 0) break;
    crc = multiply(digit[bytes & 0xff], crc);
    bytes >>= 8;
  }
  return crc;
}

}  // namespace

std::uint32_t crc32c(ConstBytes data) {
  return crc32c_extend(0, data);
}

std::uint32_t crc32c_extend(std::uint32_t crc, ConstBytes data) {
  KM_CHECK(data.size() <= std::numeric_limits<int>::max(), "no record batch is longer than int32");
  // ISA-L picks the widest carry-less multiply of this processor; it leaves the inversions to us,
  // and takes a pointer to non-const without writing through it.
  auto* bytes = const_cast<std::uint8_t*>(data.data());
  return ~crc32_iscsi(bytes, static_cast<int>(data.size()), ~crc);
}

std::uint32_t crc32c_combine(std::uint32_t crc_a, std::uint32_t crc_b, std::uint64_t size_b) {
  return shift(crc_a, size_b) ^ crc_b;
}

std::uint32_t crc32c_patch(std::uint32_t crc, ConstBytes before, ConstBytes after,
                           std::uint64_t rest) {
  KM_CHECK(before.size() == after.size(), "a patch keeps the length");
  // Initial value and final inversion are the same for both messages, so they cancel out.
  return crc ^ shift(crc32c(before) ^ crc32c(after), rest);
}

}  // namespace kmirror
