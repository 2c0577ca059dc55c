#pragma once

#include <string>

namespace agent {

/// Makes the operation known to TensorFlow, once for the process, and chooses its kernels, as often as wanted: those of
/// that name, or the best for an empty one. Returns their name; throws where this CPU has none of that name.
std::string Register(int threads, const std::string& kernels);

}  // namespace agent
