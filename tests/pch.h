// Precompiled for the tests of all that reaches LibTorch: the library's, and the test framework.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "saccade/pch.h"
