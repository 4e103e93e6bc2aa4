import Dispatch

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Ctrl-C and the request to terminate, as an event to wait for.
enum Interruption {
    /// Runs `body`, and `stop` when the program is asked to end; `body` is to return after that.
    static func during<Value: Sendable>(
        _ body: @Sendable () async -> Value, whenInterrupted stop: @escaping @Sendable () async -> Void
    ) async -> Value {
        let sources = [SIGINT, SIGTERM, SIGHUP].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { Task { await stop() } }
            source.resume()
            return source
        }
        let value = await body()
        for source in sources { source.cancel() }
        for number in [SIGINT, SIGTERM, SIGHUP] { signal(number, SIG_DFL) }
        return value
    }
}
