#include "protocol/messages/alter_client_quotas.h"

#include "protocol/wire/archive_impl.h"

namespace kmirror::protocol {

KMIRROR_INSTANTIATE_MESSAGE(AlterClientQuotasRequest);
KMIRROR_INSTANTIATE_MESSAGE(AlterClientQuotasResponse);

}  // namespace kmirror::protocol
