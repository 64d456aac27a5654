#include "protocol/messages/sasl_authenticate.h"

#include "protocol/wire/archive_impl.h"

namespace kmirror::protocol {

KMIRROR_INSTANTIATE_MESSAGE(SaslAuthenticateRequest);
KMIRROR_INSTANTIATE_MESSAGE(SaslAuthenticateResponse);

}  // namespace kmirror::protocol
