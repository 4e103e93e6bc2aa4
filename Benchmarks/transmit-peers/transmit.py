"""pyscard's way: transmit of a card connection. Prints the median nanoseconds of COUNT.

transmit.py READER COUNT
"""

import sys
import time

from smartcard.CardConnection import CardConnection
from smartcard.System import readers


def main():
    name, count = sys.argv[1], int(sys.argv[2])
    connection = next(r for r in readers() if str(r) == name).createConnection()
    connection.connect(CardConnection.T1_protocol)
    command = [0x80, 0x50, 0x01, 0x01, 24] + [0xA5] * 24 + [44]
    times = []
    for number in range(-(count // 10), count):
        start = time.perf_counter_ns()
        data, sw1, sw2 = connection.transmit(command)
        end = time.perf_counter_ns()
        assert len(data) == 44 and (sw1, sw2) == (0x90, 0x00)
        if number >= 0:
            times.append(end - start)
    times.sort()
    print(times[count // 2])


main()
