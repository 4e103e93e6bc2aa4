import Foundation
import TestSupport
import Testing

/// A process of `LineTestPeer`, its lines as they come.
final class PartyProcess {
    private let process = Process()
    private let output = Pipe()

    /// - Parameter heard: is given each line, on another thread.
    init(_ arguments: [String], heard: @escaping @Sendable (String) -> Void = { _ in }) throws {
        process.executableURL = BuiltProgram.lineTestPeer
        process.arguments = arguments
        process.standardOutput = output
        let handle = output.fileHandleForReading
        let isOver = isOver
        try process.run()
        Thread.detachNewThread {
            var rest = ""
            while case let data = handle.availableData, !data.isEmpty {
                rest += String(decoding: data, as: UTF8.self)
                var lines = rest.split(separator: "\n", omittingEmptySubsequences: false)
                rest = String(lines.removeLast())
                for line in lines { heard(String(line)) }
            }
            isOver.signal()
        }
    }

    private let isOver = DispatchSemaphore(value: 0)

    /// SIGKILL; returns once it is gone and all it said was heard.
    func kill() {
        #if canImport(Glibc)
        Glibc.kill(process.processIdentifier, SIGKILL)
        #else
        Darwin.kill(process.processIdentifier, SIGKILL)
        #endif
        wait()
    }

    /// Waits for its own end.
    @discardableResult
    func wait() -> Int32 {
        isOver.wait()
        process.waitUntilExit()
        return process.terminationStatus
    }

    /// Runs one that ends by itself, and gives its lines.
    static func run(_ arguments: [String]) throws -> [String] {
        let lines = Lines()
        let party = try PartyProcess(arguments) { lines.add($0) }
        #expect(party.wait() == 0)
        return lines.all
    }
}

/// Lines from several threads.
final class Lines: @unchecked Sendable {
    private let lock = NSCondition()
    private var lines: [String] = []

    var all: [String] { lock.withLock { lines } }

    func add(_ line: String) {
        lock.lock()
        lines.append(line)
        lock.broadcast()
        lock.unlock()
    }

    /// Waits until there is one more than `count`, or the last is `over`, at most until `deadline`.
    func wait(beyond count: Int, until deadline: Date) -> Bool {
        lock.lock()
        defer { lock.unlock() }
        while lines.count <= count, lines.last != "over" {
            if !lock.wait(until: deadline) { return lines.count > count }
        }
        return true
    }
}
