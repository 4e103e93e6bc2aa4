internal import CPQ
internal import Records

/// Statements that the server gets together, in libpq's pipeline mode (PostgreSQL, 34.5).
extension PostgreSQLConnection {
    /// A prepared statement and its arguments.
    typealias Call = (name: String, arguments: [SQLValue])

    /// How many statements are sent before the first answer is read, so that their answers need not be kept all.
    private static let maxTogether = 256

    /// Passes the results of statements to `body` in their order, while the server goes on with the next ones.
    func runTogether(_ calls: [Call], _ body: (Int, QueryResult) throws -> Void) throws {
        var start = 0
        while start < calls.count {
            let some = calls[start...].prefix(Self.maxTogether)
            try pipeline(Array(some)) { try body(start + $0, $1) }
            start += some.count
        }
    }

    /// All answers are read, also those after a failure.
    func pipeline(_ calls: [Call], _ body: (Int, QueryResult) throws -> Void) throws {
        var calls = calls
        let offset = beginning == nil ? 0 : 1
        if let begin = beginning { calls.insert((try prepare(Statement(sql: begin, types: [])), []), at: 0) }
        beginning = nil
        try requireSuccess(unsafe PQenterPipelineMode(handle))
        var failure: (any Error)?
        do throws(PostgreSQLError) {
            for call in calls {
                try requireSuccess(
                    unsafe withArguments(call.arguments) { count, values, lengths, formats in
                        unsafe PQsendQueryPrepared(handle, call.name, count, values, lengths, formats, 1)
                    })
            }
        } catch {
            failure = error
        }
        if unsafe PQpipelineSync(handle) == 1 {
            readPipeline(&failure) { index, result in
                if index < offset { hasBegun = true } else { try body(index - offset, result) }
            }
        } else if failure == nil {
            failure = lostConnection()
        }
        let hasLeft = unsafe PQexitPipelineMode(handle)
        if let failure { throw failure }
        try requireSuccess(hasLeft)
    }

    /// Reads the answers up to the pipeline's end.
    private func readPipeline(_ failure: inout (any Error)?, _ body: (Int, QueryResult) throws -> Void) {
        var (index, isBetween) = (0, false)
        while true {
            guard let next = unsafe PQgetResult(handle) else {
                // Between two answers once; where the connection is lost, none follows.
                if !isBetween, unsafe PQstatus(handle) == CONNECTION_OK {
                    isBetween = true
                    continue
                }
                if failure == nil { failure = lostConnection() }
                return
            }
            isBetween = false
            let result = unsafe QueryResult(next)
            let status = unsafe PQresultStatus(result.handle)
            if status == PGRES_PIPELINE_SYNC { return }
            guard failure == nil else { continue }
            do {
                try check(result)
                try body(index, result)
                index += 1
            } catch {
                failure = error
            }
        }
    }
}

/// A result of libpq, which is freed with it.
@safe final class QueryResult {
    let handle: OpaquePointer?
    init(_ handle: OpaquePointer?) { unsafe self.handle = handle }
    deinit { unsafe PQclear(handle) }
}
