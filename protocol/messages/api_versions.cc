#include "protocol/messages/api_versions.h"

#include "protocol/wire/archive_impl.h"

namespace kmirror::protocol {

KMIRROR_INSTANTIATE_MESSAGE(ApiVersionsRequest);
KMIRROR_INSTANTIATE_MESSAGE(ApiVersionsResponse);

}  // namespace kmirror::protocol
