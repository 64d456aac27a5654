// What decompressing may hold beyond its output: what the headers of frames ask for and codecs
// allow, and nothing that anything else claims. Pure.
#pragma once

#include "base/bytes.h"

namespace kmirror::fuzz {

// `bytes` is a compressed stream, or anything with such streams in it.
std::size_t codec_memory(ConstBytes bytes);

}  // namespace kmirror::fuzz
