#include "protocol/messages/alter_user_scram_credentials.h"

#include "protocol/wire/archive_impl.h"

namespace kmirror::protocol {

KMIRROR_INSTANTIATE_MESSAGE(AlterUserScramCredentialsRequest);
KMIRROR_INSTANTIATE_MESSAGE(AlterUserScramCredentialsResponse);

}  // namespace kmirror::protocol
