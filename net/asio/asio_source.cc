// What of Asio is no template, compiled once instead of in every file that includes Asio: km_net
// defines BOOST_ASIO_SEPARATE_COMPILATION.
#include <boost/asio/impl/src.hpp>
