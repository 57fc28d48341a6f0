using Xunit.Sdk;
using Xunit.v3;

// Each test starts whole venues: one after the other, or two cores starve.
[assembly: Parallelization(Mode = ParallelMode.None)]
