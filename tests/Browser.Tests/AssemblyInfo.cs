using Sluice.Browser.Tests;
using Xunit.Sdk;
using Xunit.v3;

// One browser and one venue for all; two cores are not enough for more at once.
[assembly: Parallelization(Mode = ParallelMode.None)]
[assembly: AssemblyFixture(typeof(Stage))]
