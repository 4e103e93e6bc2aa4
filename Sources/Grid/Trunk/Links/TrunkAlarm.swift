/// Calls back when a time has come; only the earliest counts.
struct TrunkAlarm {
    private var due: Duration?
    private var task: Task<Void, Never>?

    /// - Parameter ring: called once at `due` or later, unless an earlier one is set.
    mutating func set(_ due: Duration?, _ time: TrunkTime, ring: @escaping @Sendable () async -> Void) {
        guard let due else {
            cancel()
            return
        }
        if let set = self.due, set <= due { return }
        cancel()
        self.due = due
        task = Task {
            do {
                try await time.sleep(max(.zero, due - time.now()))
            } catch {
                // Cancelled: another time is set.
                return
            }
            await ring()
        }
    }

    /// It has rung.
    mutating func clear() { (due, task) = (nil, nil) }

    private mutating func cancel() {
        task?.cancel()
        clear()
    }
}
