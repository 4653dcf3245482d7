import ProtoBytes
import Tickets
import Wire
import ZeroMQ

import struct Desk.Record

/// One turn of the bare path: the events of its row, and the frames that leave once the row is on disk.
struct BareTurn {
    final class Frame {
        let peer: Peer
        var writer = ProtoWriter(capacity: 4_096)

        init(_ peer: Peer) {
            self.peer = peer
            writer.beginFrameFromBroker()
        }
    }

    /// As many bytes as the broker's own frames have before they take no more.
    private static let frameBytesEnough = wireFrameBytesMax / 8

    private(set) var records: [Record] = []
    private(set) var frames: [Frame] = []

    var isEmpty: Bool { records.isEmpty && frames.isEmpty }

    mutating func append(_ record: Record) {
        records.append(record)
    }

    /// Writes an item into the last frame for a peer that has room.
    mutating func write(to peer: Peer, _ item: (inout ProtoWriter) -> Void) {
        var frame = frames.last { $0.peer == peer }
        if frame.map({ $0.writer.count > Self.frameBytesEnough }) != false {
            let next = Frame(peer)
            frames.append(next)
            frame = next
        }
        if let frame { item(&frame.writer) }
    }
}

extension ProtoWriter {
    /// A grant, with the fields and the order of the broker's own.
    mutating func item(grant ticket: BareLine.Ticket, _ token: Token, to node: Name, leaseMilliseconds: Int64)
    {
        let submission = ticket.submission
        let marks = beginItem(4)
        let message = begin(1)
        field(1, ticket.number.rawValue)
        field(2, BareLine.name.text)
        field(3, Status.open.word)
        field(4, Place.claimed.word)
        field(5, UInt32(submission.priority.rawValue))
        field(6, submission.channel.text)
        field(7, submission.customer)
        field(8, submission.subject)
        field(9, submission.kind ?? "")
        for tag in submission.tags { fieldAlways(10, tag) }
        for pair in submission.fields {
            let field = begin(11)
            self.field(1, pair.name)
            self.field(2, pair.value)
            end(field)
        }
        field(12, node.text)
        field(13, token.rawValue)
        field(14, node.text)
        field(17, 1 as UInt32)
        field(20, 1 as UInt32)
        field(21, 1 as UInt32)
        field(22, 2 as UInt32)
        field(23, ticket.since.milliseconds)
        field(25, ticket.since.milliseconds)
        end(message)
        field(2, token.rawValue)
        field(3, UInt32(clamping: leaseMilliseconds))
        // The one entry of its conversation: the request.
        let entry = begin(4)
        field(1, 1 as UInt32)
        field(2, 1 as UInt32)
        field(3, submission.channel.text)
        field(4, ticket.since.milliseconds)
        field(5, submission.body)
        end(entry)
        endItem(marks)
    }
}
