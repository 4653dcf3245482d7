import Testing
import ZeroMQ

@testable import Broker

struct BacklogBookTests {
    private static let bounds = BacklogBook.Bounds(connectionBytesMax: 1_000, allBytesMax: 2_500)

    private var book = BacklogBook(Self.bounds)

    private mutating func note(
        _ descriptor: CInt, received: UInt64 = 0, heard: UInt64 = 0, said: UInt64 = 0,
        acknowledged: UInt64 = 0
    ) {
        book.note(
            descriptor, TCPConnection.Counts(received: received, acknowledged: acknowledged), heard: heard,
            said: said)
    }

    @Test mutating func `what came and was not handed out is kept, and what was given and did not go`() {
        note(3, received: 700)
        #expect(book.bytes(of: 3) == 700)
        note(3, received: 700, said: 200)
        #expect(book.bytes(of: 3) == 900)
        note(3, received: 800, heard: 650, said: 200, acknowledged: 150)
        #expect(book.bytes(of: 3) == 200)
        #expect(book.bytes == 200)
        #expect(book.takeExcess().isEmpty)
    }

    /// Frames are taken for a little more than they are, or pings of a year would add up. Who sends many small ones must
    /// not save that up for a large one.
    @Test mutating func `what frames seem to have more than they have is not saved up`() {
        note(3, received: 1_000, heard: 5_000)
        note(3, received: 1_900, heard: 5_000)
        #expect(book.bytes(of: 3) == 900)
        note(3, received: 2_001, heard: 5_000)
        #expect(book.takeExcess().map(\.descriptor) == [3])
    }

    @Test mutating func `a descriptor that is another's by now begins anew`() {
        note(3, received: 900, heard: 900)
        note(3, received: 500, heard: 900)
        #expect(book.bytes(of: 3) == 0)
        // Its own hello, and a count of its own.
        note(3, received: 700, heard: 100)
        #expect(book.bytes(of: 3) == 600)
        book.forget(3)
        #expect(book.bytes(of: 3) == 0)
        note(3, received: 100)
        #expect(book.bytes(of: 3) == 100)
    }

    @Test mutating func `connections beyond their bound are ended, each once`() {
        note(3, received: 1_001)
        note(4, said: 1_500)
        note(5, received: 1_000)
        let excess = book.takeExcess()
        #expect(excess.map(\.descriptor) == [4, 3])
        #expect(excess.map(\.bytes) == [1_500, 1_001])
        #expect(book.takeExcess().isEmpty)
        #expect(book.bytes == 1_000)
    }

    @Test mutating func `when all together are too much, those go for which most is kept`() {
        for (descriptor, bytes) in zip(3... as PartialRangeFrom<CInt>, [600, 990, 800, 900] as [UInt64]) {
            note(descriptor, received: bytes)
        }
        #expect(book.takeExcess().map(\.descriptor) == [4])
        #expect(book.bytes == 2_300)
    }
}
