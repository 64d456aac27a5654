// What the targets of the codecs have in common: the input is a compressed stream.
#pragma once

#include "base/bytes.h"
#include "compression/codec.h"

namespace kmirror::fuzz {

// Decompresses within limits of output and memory, whole and piece by piece, which have to agree.
// What comes out is compressed, and decompresses to the same.
void read_compressed(compression::Codec codec, ConstBytes input,
                     compression::Lz4Header lz4_header = compression::Lz4Header::kChecked);

}  // namespace kmirror::fuzz
