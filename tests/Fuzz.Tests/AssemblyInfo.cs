using Xunit.Sdk;
using Xunit.v3;

// Each test starts a whole venue and drives it as hard as it can: one after the other.
[assembly: Parallelization(Mode = ParallelMode.None)]
