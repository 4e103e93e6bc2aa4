public import ArgumentParser
public import ValueProtocol

extension PartyID: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}

extension UtilityService: ExpressibleByArgument {
    public init?(argument: String) { self.init(named: argument) }
    public static var allValueStrings: [String] { UtilityService.all.map(\.description) }
}

extension Amount: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}

extension Currency: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}
