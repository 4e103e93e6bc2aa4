import Foundation
import MeterBench

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The source of commands to a meter at its bench: keys of a terminal, or lines of text.
enum BenchInput {
    /// Reads keys on its own thread, as long as the program runs.
    static func readKeys(_ queue: BenchQueue, redraw: @escaping @Sendable () -> Void) {
        Thread.detachNewThread {
            var byte: UInt8 = 0
            while true {
                let count = read(STDIN_FILENO, &byte, 1)
                if count < 0, errno == EINTR { continue }
                guard count == 1 else {
                    queue.add(.command(.quit))
                    return
                }
                // Ctrl-L redraws everything.
                if byte == 0x0C { redraw() }
                if let command = BenchCommand.keys[Character(Unicode.Scalar(byte))] { queue.add(.command(command)) }
            }
        }
    }

    /// Reads lines of standard input on its own thread; its end is not a command.
    ///
    /// Not with the C library's streams: their lock would be held while it waits, and the program could not end.
    ///
    /// - Parameter reject: receives the error of a line that is not a command.
    static func readLines(_ queue: BenchQueue, reject: @escaping @Sendable (BenchError) -> Void) {
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
                do throws(BenchError) {
                    if let command = try BenchCommand.parse(String(decoding: line, as: UTF8.self)) {
                        queue.add(.command(command))
                    }
                } catch {
                    reject(error)
                }
                line = []
                guard count == 1 else { return }
            }
        }
    }
}
