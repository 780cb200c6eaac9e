# attack: 5
# tries: a thread waits until the program was read and would swap it then
# ends: verify 1
# says: lanes wrong

import threading
import time

from one_cycle import OneCycle


class KernelBuilder(OneCycle):
    def build_kernel(self, *sizes):
        super().build_kernel(*sizes)
        threading.Thread(target=self.swap).start()

    def swap(self):
        time.sleep(30)
        self.instrs.clear()
