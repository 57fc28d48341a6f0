using Xunit.Sdk;
using Xunit.v3;

// Each test takes every core for itself.
[assembly: Parallelization(Mode = ParallelMode.None)]
