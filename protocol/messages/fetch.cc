#include "protocol/messages/fetch.h"

#include "protocol/wire/archive_impl.h"

namespace kmirror::protocol {

KMIRROR_INSTANTIATE_MESSAGE(FetchRequest);
KMIRROR_INSTANTIATE_MESSAGE(FetchResponse);

}  // namespace kmirror::protocol
