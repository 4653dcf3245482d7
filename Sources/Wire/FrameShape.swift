import ProtoBytes

/// What nests in what, as far as it takes to count the fields of a frame before anything is made of them.
///
/// Half a million empty messages fit in a frame. The generated code makes a value of each before anybody can say that
/// those are too many; to count them costs a few nanoseconds each, and ends at a bound.
enum FrameShape {
    case toBroker, hello, nodeHello, commands, command, submit, ping, query
    case toCoordinator, metrics
    /// No message nests in it.
    case flat

    /// Fields of a frame, those of the messages in it too. As many commands as a frame may have, with sixteen fields
    /// each; what is read in place is bounded message by message, by ``PlainFields/fieldsMax``.
    static let fieldsMax = 65_536

    /// Counts fields at all depths until there are more than the bound, or something is no field.
    ///
    /// - Returns: How many there are, at most one more than the bound.
    static func count(_ bytes: UnsafeRawBufferPointer, as shape: FrameShape) throws(ProtoFlaw) -> Int {
        var count = 0
        try add(bytes, shape, to: &count)
        return count
    }

    private static func add(
        _ bytes: UnsafeRawBufferPointer, _ shape: FrameShape, to count: inout Int
    ) throws(ProtoFlaw) {
        var fields = ProtoReader(bytes)
        while count <= fieldsMax, let key = try fields.next() {
            count += 1
            if key.kind == .bytes, let inner = shape.message(key.number) {
                try add(try fields.slice(), inner, to: &count)
            } else {
                try fields.skip(key)
            }
        }
    }

    /// What a field holds, if that is a message.
    private func message(_ number: UInt32) -> FrameShape? {
        switch (self, number) {
        case (.toBroker, 2): .hello
        case (.toBroker, 3): .commands
        case (.toBroker, 4): .ping
        case (.toBroker, 5...6): .flat
        case (.toBroker, 7), (.toCoordinator, 3): .query
        case (.hello, 2): .nodeHello
        case (.commands, 1): .command
        case (.command, 2): .submit
        case (.toCoordinator, 2): .metrics
        case (.nodeHello, 6), (.command, 3...12), (.submit, 8), (.ping, 1), (.query, 3...8),
            (.metrics, 7...10):
            .flat
        default: nil
        }
    }
}
