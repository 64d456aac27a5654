#include "protocol/messages/create_topics.h"

#include "protocol/wire/archive_impl.h"

namespace kmirror::protocol {

KMIRROR_INSTANTIATE_MESSAGE(CreateTopicsRequest);
KMIRROR_INSTANTIATE_MESSAGE(CreateTopicsResponse);

}  // namespace kmirror::protocol
