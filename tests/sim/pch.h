// Precompiled for the simulation.
#include "net/pch.h"
