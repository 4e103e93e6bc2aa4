public import ArgumentParser
public import MeterBench

extension SimulationSpeed: ExpressibleByArgument {
    public init?(argument: String) { self.init(parsing: argument) }
}

extension SimulatedDuration: ExpressibleByArgument {
    public init?(argument: String) { self.init(parsing: argument) }
}
