// For any CPU: vectors of four floats, which x86 and Arm both have.
#define AGENT_KIND portable
#define AGENT_LANES 4
#define AGENT_ROWS 3
#define AGENT_VECTORS 4
#include "kernels.inc"

namespace agent {
extern const Kernels kPortable;
const Kernels kPortable{"portable",      portable::Multiply, portable::FinishRows, portable::Norm,
                       portable::Softmax, portable::Dots,     portable::Mix};
}  // namespace agent
