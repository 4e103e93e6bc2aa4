public import Grid

/// A contact runs over a trunk as over any channel.
extension TrunkCardChannel: AsynchronousCardChannel {}
