public import ArgumentParser
public import ValueProtocol

extension PartyID: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}

extension Service: ExpressibleByArgument {
    public init?(argument: String) { self.init(named: argument) }
    public static var allValueStrings: [String] { Service.all.map(\.description) }
}

extension Amount: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}

extension Currency: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}
