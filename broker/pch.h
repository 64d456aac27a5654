// Precompiled for this layer.
#include "net/pch.h"
