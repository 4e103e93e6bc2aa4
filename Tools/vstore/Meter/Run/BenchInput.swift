import Foundation
import Meter
import ValueProtocol

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Where a running meter's orders come from: keys of a terminal, or lines of text.
enum BenchInput {
    /// Reads keys on a thread of its own, as long as the program runs.
    static func readKeys(_ queue: CommandQueue, redraw: @escaping @Sendable () -> Void) {
        Thread.detachNewThread {
            var byte: UInt8 = 0
            while true {
                let count = read(STDIN_FILENO, &byte, 1)
                if count < 0, errno == EINTR { continue }
                guard count == 1 else {
                    queue.add(.order(.quit))
                    return
                }
                // Ctrl-L draws everything anew.
                if byte == 0x0C { redraw() }
                if let order = keys[Character(Unicode.Scalar(byte))] { queue.add(.order(order)) }
            }
        }
    }

    /// Reads lines of standard input on a thread of its own; its end is no order.
    ///
    /// Not with the C library's streams: their lock would be held while it waits, and the program could not end.
    static func readLines(_ queue: CommandQueue) {
        Thread.detachNewThread {
            var line: [UInt8] = []
            var byte: UInt8 = 0
            while true {
                let count = read(STDIN_FILENO, &byte, 1)
                if count < 0, errno == EINTR { continue }
                if count == 1, byte != 0x0A {
                    line.append(byte)
                    continue
                }
                take(String(decoding: line, as: UTF8.self), queue)
                line = []
                guard count == 1 else { return }
            }
        }
    }

    private static func take(_ line: String, _ queue: CommandQueue) {
        do throws(Failure) {
            if let order = try BenchCommand.parse(line) { queue.add(.order(order)) }
        } catch {
            Console.complain(error.description)
        }
    }

    static let keys: [Character: BenchCommand] = [
        "0": .key(.digit(0)), "1": .key(.digit(1)), "2": .key(.digit(2)), "3": .key(.digit(3)), "4": .key(.digit(4)),
        "5": .key(.digit(5)), "6": .key(.digit(6)), "7": .key(.digit(7)), "8": .key(.digit(8)), "9": .key(.digit(9)),
        "*": .key(.cancel), "\u{7F}": .key(.cancel), "\u{08}": .key(.cancel),
        "#": .key(.enter), "\r": .key(.enter), "\n": .key(.enter),
        "t": .channel(0, isOn: nil), "u": .channel(1, isOn: nil), "w": .relay(0, isStuck: nil), "e": .emergency,
        "+": .changeLoad(factor: 1.25),
        "-": .changeLoad(factor: 0.8), "p": .profile,
        "c": .toggleCard, "r": .redeem(.all), "b": .bypass(nil), "o": .cover(nil), "m": .magnet(nil), "s": .surge,
        "v": .sag(nil), "x": .power(nil, withLastGasp: true), "k": .power(nil, withLastGasp: false),
        "f": .changeSpeed(factor: 4), "g": .changeSpeed(factor: 0.25), "q": .quit,
    ]
}
