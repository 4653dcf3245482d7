import Testing

@testable import Peers

@Suite struct AMQPReaderTests {
    @Test func `a persistent publish is three frames, byte for byte`() {
        let bytes = written { buffer in
            buffer.append(amqp: .basicPublish) {
                buffer.append(bigEndian: UInt16(0))
                buffer.append(shortText: "")
                buffer.append(shortText: "jobs")
                buffer.append(0)
            }
            buffer.appendPersistent(bodyBytes: 2) { buffer.append("hi") }
        }
        let method: [UInt8] = [
            1, 0, 1, 0, 0, 0, 13, 0, 60, 0, 40, 0, 0, 0, 4, 0x6a, 0x6f, 0x62, 0x73, 0, 0xce,
        ]
        let header: [UInt8] = [2, 0, 1, 0, 0, 0, 15, 0, 60, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0x10, 0, 2, 0xce]
        let body: [UInt8] = [3, 0, 1, 0, 0, 0, 2, 0x68, 0x69, 0xce]
        #expect(bytes == method + header + body)
    }

    @Test func `a delivery and a confirm, wherever the bytes were cut`() throws {
        let sent = written { buffer in
            buffer.append(amqp: .basicDeliver) {
                buffer.append(shortText: "consumer")
                buffer.append(bigEndian: UInt64(77))
                buffer.append(0)
                buffer.append(shortText: "")
                buffer.append(shortText: "jobs")
            }
            buffer.appendPersistent(bodyBytes: 5) { buffer.append("hello") }
            buffer.append(amqp: .basicAck) {
                buffer.append(bigEndian: UInt64(78))
                buffer.append(1)
            }
        }
        let read = try atEveryCut(sent) { bytes, values in
            var reader = AMQPReader(bytes)
            while let frame = try reader.next() {
                switch frame {
                case .method(.basicDeliver, let arguments):
                    values.append("deliver \(try reader.deliveryTag(ofDeliver: arguments))")
                case .method(.basicAck, let arguments):
                    values.append("ack \(try reader.acknowledgement(arguments))")
                case .method(let method, _): values.append("\(method)")
                case .header(let count): values.append("header \(count)")
                case .body(let range): values.append(bytes.text(range))
                case .heartbeat: values.append("heartbeat")
                }
            }
            return reader.offset
        }
        let expected = ["deliver 77", "header 5", "hello", "ack (tag: 78, isMultiple: true)"]
        #expect(read.allSatisfy { $0 == expected })
    }

    @Test func `a close is an error with the server's words`() throws {
        let sent = written { buffer in
            buffer.append(amqp: .channelClose) {
                buffer.append(bigEndian: UInt16(404))
                buffer.append(shortText: "NOT_FOUND")
                buffer.append(bigEndian: UInt32(0))
            }
        }
        try reading(sent) { bytes in
            var reader = AMQPReader(bytes)
            #expect(throws: PeerError("AMQP: NOT_FOUND")) { try reader.next() }
        }
    }

    @Test func `a frame that does not end with its mark is refused`() throws {
        try reading([8, 0, 0, 0, 0, 0, 0, 0xcd]) { bytes in
            var reader = AMQPReader(bytes)
            #expect(throws: PeerError.self) { try reader.next() }
        }
    }
}
