return Sluice.Bench.Benchmarks.RunRates(args);
