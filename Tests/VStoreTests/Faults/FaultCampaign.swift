import Foundation
import TestPrograms
import TestSupport
import Testing

/// Carries a scenario out again and again, each time with another of its calls at fault.
struct FaultCampaign {
    /// Whose calls are at fault.
    enum Victim {
        /// The program's.
        case command
        /// Those of the process of the meter on the line.
        case meter
    }

    /// Whether every call is tried.
    static let isWhole = ProcessInfo.processInfo.environment["VALUESTORE_CAMPAIGN"] != nil

    /// Only there a library can be loaded before the program's own.
    static var isSupported: Bool {
        #if os(Linux)
        true
        #else
        false
        #endif
    }

    /// Seconds that a command waits for a meter which answers: more than it takes on any machine.
    private static let patience = 600

    let scenario: FaultScenario
    let victim: Victim
    /// Its files before the command.
    private let prepared: TemporaryFolder
    /// The victim's calls in an undisturbed run.
    let calls: [FileFaults.Call]

    init(_ scenario: FaultScenario, of victim: Victim = .command) throws {
        self.scenario = scenario
        self.victim = victim
        prepared = try TemporaryFolder(isInMemory: true)
        let home = prepared.url.appending(path: "home")
        try Desk.with { desk in
            try scenario.prepare(desk)
            try FileManager.default.copyItem(at: desk.vstore.home, to: home)
        }
        let log = prepared.url.appending(path: "calls")
        calls = try Self.withCopy(of: home) { desk in
            let outcome = try Self.carryOut(scenario, at: desk, victim, try FileFaults.environment(nil, log: log))
            try #require(outcome.status == 0, "\(outcome)")
            try scenario.check(desk)
            return try FileFaults.calls(in: log)
        }
        let hasSync = calls.contains { $0.isSync }
        try #require(hasSync, "\(calls)")
    }

    /// The numbers that are tried: all in the long form, otherwise some, the first and the last among them.
    static func chosen(of count: Int) -> [Int] {
        let step = isWhole ? 1 : max(1, count / 3)
        return Set(Array(stride(from: 1, through: count, by: step)) + [count]).sorted()
    }

    /// Tries a fault, then gives the same command until it is done; then everything must be right.
    ///
    /// - Parameters:
    ///   - call: where the fault is.
    ///   - inspect: what the disturbed command said.
    func attempt(_ fault: FileFault, at call: FileFaults.Call, inspect: (VStoreProgram.Outcome, Comment) -> Void) throws
    {
        let file = URL(filePath: call.path).lastPathComponent
        let place: Comment = "\(scenario.testDescription), \(victim), \(fault), \(call.name) \(file)"
        try Self.withCopy(of: prepared.url.appending(path: "home")) { desk in
            // A line that nobody answers on any more is given up soon: in doubt, or not reached, as it happens.
            let timeout = victim == .meter ? 2 : Self.patience
            let disturbed = try Self.carryOut(
                scenario, at: desk, victim, try FileFaults.environment(fault), timeout: timeout)
            inspect(disturbed, place)
            let between = try desk.vstore.run("host check \(Desk.keys)", input: Desk.passphrase)
            #expect(between.status == 0, "\(place): \(between)")
            var said: [VStoreProgram.Outcome] = []
            repeat {
                said.append(try Self.carryOut(scenario, at: desk, victim, [:]))
            } while said.count < 3 && !said.contains(where: isDone)
            // What was done in spite of the fault may be refused from then on.
            let isSettled = isDone(disturbed) || said.contains(where: isDone)
            #expect(isSettled, "\(place): \(disturbed), then \(said)")
            guard isSettled else { return }
            do {
                try scenario.check(desk)
            } catch {
                Issue.record("\(place): \(disturbed), then \(said): \(error)")
            }
            let after = try desk.vstore.run("host check \(Desk.keys)", input: Desk.passphrase)
            #expect(after.status == 0, "\(place): \(after)")
        }
    }

    private func isDone(_ outcome: VStoreProgram.Outcome) -> Bool {
        outcome.status == 0 || scenario.doneBefore.map { outcome.errors.contains($0) } ?? false
    }

    private static func carryOut(
        _ scenario: FaultScenario, at desk: Desk, _ victim: Victim, _ environment: [String: String],
        timeout: Int = patience
    ) throws -> VStoreProgram.Outcome {
        guard let meter = scenario.meter else {
            return try desk.vstore.run(
                scenario.line, input: scenario.input, in: desk.vstore.home, environment: environment)
        }
        let file = desk.vstore.home.appending(path: "meters/\(meter)").path
        let line = try RunningProgram(
            Program(
                BuiltProgram.lineTestPeer.path, ["element", file],
                environment: .inherited(victim == .meter ? environment : [:])))
        defer {
            line.kill()
            line.waitForEnd()
        }
        let port = try #require(try line.nextLine().split(separator: " ").last)
        return try desk.vstore.run(
            "\(scenario.line) --timeout \(timeout) \(Desk.gasMeter)@tcp:127.0.0.1:\(port)", input: scenario.input,
            in: desk.vstore.home, environment: victim == .command ? environment : [:])
    }

    private static func withCopy<Value>(of home: URL, _ body: (Desk) throws -> Value) throws -> Value {
        let folder = try TemporaryFolder(isInMemory: true)
        defer { withExtendedLifetime(folder) {} }
        let copy = folder.url.appending(path: "home")
        try FileManager.default.copyItem(at: home, to: copy)
        return try body(Desk(vstore: VStoreProgram(home: copy)))
    }
}
