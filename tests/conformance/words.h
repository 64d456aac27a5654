// Requests, answers and record batches as the transcript shows them: whole, with what may differ
// masked, without what is for people or depends on time alone (texts of errors, throttling). Arrays
// of structs are sorted, since brokers promise no order. Pure functions but for the masks.
#pragma once

#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "conformance/masks.h"
#include "protocol/messages/registry.h"

namespace kmirror::conformance {

// Fields at their defaults are left out.
std::string words_of_request(const protocol::MessageType& type, const void* request,
                             std::int16_t version, Masks& masks);

// Everything is shown. Ids that the answer hands out are learnt.
std::string words_of_answer(const protocol::MessageType& type, const void* answer,
                            std::int16_t version, Masks& masks);

// The batches of a partition; any bytes will do.
std::string words_of_records(ConstBytes records, const Masks& masks);

}  // namespace kmirror::conformance
