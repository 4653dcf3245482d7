import Testing

@testable import Peers

@Suite struct TextReaderTests {
    @Test func `beanstalkd's answers, wherever the bytes were cut`() throws {
        let sent =
            "INSERTED 12\r\nRESERVED 9 4\r\na\r\nb\r\nTIMED_OUT\r\nDELETED\r\nOK 2\r\nhi\r\nDRAINING\r\n"
        let read = try atEveryCut(Array(sent.utf8)) { bytes, values in
            var reader = BeanstalkReader(bytes)
            while let reply = try reader.next() {
                switch reply {
                case .reserved(let id, let body): values.append("\(id) \(bytes.text(body))")
                case .ok(let body), .other(let body): values.append(bytes.text(body))
                case .inserted, .deleted, .timedOut: values.append("\(reply)")
                }
            }
            return reader.offset
        }
        let expected = ["inserted", "9 a\r\nb", "timedOut", "deleted", "hi", "DRAINING"]
        #expect(read.allSatisfy { $0 == expected })
    }

    @Test func `NATS frames with and without reply and headers, wherever the bytes were cut`() throws {
        let sent =
            "INFO {}\r\nMSG in.1.42 1 2\r\nhi\r\nMSG jobs 1 $JS.ACK.x 4\r\na\r\nb\r\n"
            + "HMSG in.1.7 1 12 12\r\nNATS/1.0\r\n\r\n\r\nHMSG s 1 r 4 5\r\nh\r\n!b\r\n"
            + "PING\r\n+OK\r\nPONG\r\n"
        let read = try atEveryCut(Array(sent.utf8)) { bytes, values in
            var reader = NATSReader(bytes)
            while let frame = try reader.next() {
                guard case .message(let subject, let reply, let headers, let body) = frame else {
                    if case .info(let text) = frame {
                        values.append(bytes.text(text))
                    } else {
                        values.append("\(frame)")
                    }
                    continue
                }
                values.append(
                    [subject, reply, headers, body].map { bytes.text($0) }.joined(separator: "|"))
            }
            return reader.offset
        }
        let expected = [
            "{}", "in.1.42|||hi", "jobs|$JS.ACK.x||a\r\nb", "in.1.7||NATS/1.0\r\n\r\n|", "s|r|h\r\n!|b",
            "ping",
            "ok", "pong",
        ]
        #expect(read.allSatisfy { $0 == expected })
    }

    @Test func `the number that ends a subject`() throws {
        try reading("in.12.345".utf8) { bytes in
            let number = try NATSReader(bytes).number(endingSubject: 0..<9)
            #expect(number == 345)
            #expect(throws: PeerError.self) { try NATSReader(bytes).number(endingSubject: 0..<3) }
        }
    }

    @Test(arguments: [
        ("nats-server: v2.9.10", false), ("nats-server: v2.10.0", true), ("nats-server: v3.0.1", true),
        ("nats-server failed with status 127", false),
    ])
    func `which NATS syncs by itself`(_ version: String, _ hasSyncInterval: Bool) {
        #expect(NATSSync.hasSyncInterval(version) == hasSyncInterval)
    }

    @Test func `a field of flat JSON`() {
        let json = #"{"version":"2.9.10","state":{"messages": 12,"bytes":3}}"#
        #expect(jsonField("version", in: json) == "2.9.10")
        #expect(jsonField("messages", in: json) == "12")
        #expect(jsonField("bytes", in: json) == "3")
        #expect(jsonField("absent", in: json) == nil)
    }

    @Test func `gearman's packets, wherever the bytes were cut`() throws {
        let sent = written { buffer in
            buffer.append("\0RES\0\0\0\u{8}\0\0\0\u{3}H:1")
            buffer.append("\0RES\0\0\0\u{a}\0\0\0\0")
        }
        let read = try atEveryCut(sent) { bytes, values in
            var reader = GearmanReader(bytes)
            while let packet = try reader.next() {
                values.append("\(packet.type) \(bytes.text(packet.data))")
            }
            return reader.offset
        }
        #expect(read.allSatisfy { $0 == ["jobCreated H:1", "noJob "] })
        let request = written { $0.append(gearman: .submitJobBackground, length: 300) }
        #expect(request == [0, 0x52, 0x45, 0x51, 0, 0, 0, 18, 0, 0, 1, 44])
    }
}
