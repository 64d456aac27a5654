#include "protocol/messages/delete_topics.h"

#include "protocol/wire/archive_impl.h"

namespace kmirror::protocol {

KMIRROR_INSTANTIATE_MESSAGE(DeleteTopicsRequest);
KMIRROR_INSTANTIATE_MESSAGE(DeleteTopicsResponse);

}  // namespace kmirror::protocol
