import Foundation

/// Runs ours and tshark over the same file alternately.
struct Comparison {
    let file: String
    let rounds: Int

    private struct Contestant {
        let name: String
        let words: [String]
        var runs: [ChildRun] = []
    }

    func run() throws {
        let fields = ["cla", "ins", "p1", "p2", "lc", "body", "le", "sw1", "sw2"].flatMap {
            ["-e", "iso7816.apdu.\($0)"]
        }
        var contestants = [
            Contestant(name: "ours, JSON lines", words: [CommandLine.arguments[0], "decode", file]),
            Contestant(
                name: "tshark -T fields",
                words: [
                    "tshark", "-n", "-r", file, "-T", "fields", "-e", "frame.interface_name", "-e", "frame.time_epoch",
                ]
                    + fields),
            Contestant(name: "tshark -T ek", words: ["tshark", "-n", "-r", file, "-T", "ek", "-j", "frame iso7816"]),
        ]
        for round in 0..<rounds {
            // Each round starts with another contestant.
            for turn in contestants.indices {
                let offset = (round + turn) % contestants.count
                contestants[offset].runs.append(try ChildRun(contestants[offset].words))
            }
        }
        print("medians of \(rounds) rounds, \(file)")
        for contestant in contestants {
            let runs = contestant.runs
            print(
                contestant.name.padding(toLength: 18, withPad: " ", startingAt: 0),
                String(
                    format: "%7.2f s  %7.2f s of CPU  %7.1f MB", Self.middle(runs.map(\.seconds)),
                    Self.middle(runs.map(\.processorSeconds)), Self.middle(runs.map(\.megabytes))))
        }
        for peer in contestants.dropFirst() {
            // A round's runs are close in time, so that other load on the machine affects all of them.
            let pairs = zip(contestants[0].runs, peer.runs)
            let ratio = Self.middle(pairs.map { $0.seconds / $1.seconds })
            let processor = Self.middle(pairs.map { $0.processorSeconds / $1.processorSeconds })
            print(String(format: "ours / %@  %.3f, of CPU %.3f", peer.name, ratio, processor))
        }
    }

    private static func middle(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
}

/// A program run to its end, its output discarded, with its time and memory.
struct ChildRun {
    let seconds: Double
    /// User and system.
    let processorSeconds: Double
    /// Its peak memory.
    let megabytes: Double

    init(_ words: [String]) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
        var arguments = words.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var process: pid_t = 0
        let start = ContinuousClock.now
        guard posix_spawnp(&process, words[0], &actions, nil, &arguments, environ) == 0 else {
            throw Wrong(what: "\(words[0]) cannot be started")
        }
        var (status, usage): (CInt, rusage) = (0, rusage())
        guard wait4(process, &status, 0, &usage) == process, status == 0 else {
            throw Wrong(what: "\(words.joined(separator: " ")) failed")
        }
        let passed = (ContinuousClock.now - start).components
        seconds = Double(passed.seconds) + Double(passed.attoseconds) * 1e-18
        let times = [usage.ru_utime, usage.ru_stime]
        processorSeconds = times.reduce(0) { $0 + Double($1.tv_sec) + Double($1.tv_usec) * 1e-6 }
        megabytes = Double(usage.ru_maxrss) / 1024
    }
}
