         TITLE 'DMSDIO - read and write disk blocks'
*---------------------------------------------------------------------
* DMSDIO   Function: reads or writes blocks of an EDF disk
*          Entry: R1 -> DIOPL: ADT, operation, list of (block, buffer),
*                 number of entries (1 to 500)
*          Exit:  R15 = 0; 1 device not there; 3 I/O error;
*                 12 read-only disk
*          Four ways, best first: DIAGNOSE 110, where neighbours on the
*          disk and in storage are one entry; DIAGNOSE A4 with the whole
*          list; else a channel program for each block by DMSIOR, which
*          runs it by DIAGNOSE A8 or by SIO.
*
* FBA and CKD: block n = records or sectors as in the geometry of ADT
*          (ADTBPT blocks on a track, ADTHEADS tracks on a cylinder).
*---------------------------------------------------------------------
DMSDIOS  CSECT
         USING NUCON,0
DMSDIO   SUBENT BASE=DMSDIOS
         LR    R11,R1
         USING DIOPL,R11
         L     R10,DIOADT
         USING ADTSECT,R10
         CLI   DIOOP,DIOREAD
         BE    DIOGO
         TM    ADTFLG1,ADTFRO
         BO    DIORO
DIOGO    STNSM DIOMASK,X'00'
         TM    OWNFUNCS,OWN110
         BO    DIOBULK
         TM    IMPFLAGS,IMPA4
         BZ    DIOCCWS
*              DIAGNOSE A4
         XC    DIOA4,DIOA4
         MVC   DIOA4(2),ADTDEV
         MVC   DIOA4+3(1),DIOOP
         MVC   DIOA4+4(4),ADTBSIZE
         MVC   DIOA4+8(4),DIOLIST
         MVC   DIOA4+12(4),DIOCNT
         LA    R4,DIOA4
         DC    X'834000A4'         DIAGNOSE A4, R4
         BC    8,DIOOK
         BC    4,DIONODEV
         B     DIOERR
DIONODEV CH    R15,=H'1'
         BNE   DIOERR
         LA    R15,1
         B     DIOEXIT
*---------------------------------------------------------------------
*              DIAGNOSE 110: up to 16 entries in a request
*---------------------------------------------------------------------
DIOBULK  L     R3,DIOLIST
         L     R4,DIOCNT
         USING DIOENT,R3
DIOREQ   LA    R5,DIOENTRY         R5 -> entry
         LA    R6,16               R6 = entries that are left
DIOMORE  XC    0(24,R5),0(R5)
         MVC   0(1,R5),DIOOP
         MVC   2(2,R5),ADTBSIZE+2
         MVC   4(8,R5),DIOENT      block, buffer
         L     R7,DIOBLK
         L     R8,DIOBUF
         SR    R9,R9               R9 = neighbours
DIONEXT  LA    R7,1(,R7)
         A     R8,ADTBSIZE
         LA    R9,1(,R9)
         LA    R3,DIOENTL(,R3)
         BCT   R4,DIONEAR
         ST    R9,12(,R5)          that was the last one
         BCTR  R6,0
         B     DIODO
DIONEAR  CH    R9,=H'64'
         BNL   DIOFAR
         C     R7,DIOBLK
         BNE   DIOFAR
         C     R8,DIOBUF
         BE    DIONEXT
DIOFAR   ST    R9,12(,R5)
         LA    R5,24(,R5)
         BCT   R6,DIOMORE
         DROP  R3
DIODO    XC    DIO110,DIO110
         MVC   DIO110(2),ADTDEV
         LA    R5,16
         SR    R5,R6
         ST    R5,DIO110+4
         LA    R5,DIOENTRY
         ST    R5,DIO110+8
         LA    R6,DIO110
         DC    X'83670110'         DIAGNOSE 110, R6, R7
         BC    7,DIOBAD
         LTR   R4,R4
         BNZ   DIOREQ
         B     DIOOK
DIOBAD   LA    R15,1
         CH    R7,=H'16'
         BE    DIOEXIT             no such device
         CLI   DIOENTRY+1,3
         BNE   DIOERR
         B     DIOWASRO
*              a channel program for each block
DIOCCWS  L     R3,DIOLIST
         L     R4,DIOCNT
         USING DIOENT,R3
DIOLOOP  L     R7,DIOBLK
         BCTR  R7,0                R7 = block, from 0
         CLI   ADTDCLS,CLSFBA
         BE    DIOFBA
*              CKD: record and track
         SR    R6,R6
         LH    R1,ADTBPT
         DR    R6,R1               R6 = record - 1, R7 = track
         LA    R6,1(,R6)
         STC   R6,DIOREC
         SR    R6,R6
         LH    R1,ADTHEADS
         DR    R6,R1               R6 = head, R7 = cylinder
         STH   R7,DIOCC
         STH   R6,DIOHH
         MVC   DIOTRN(4),DIOBUF
         MVI   DIOTRN,X'06'
         CLI   DIOOP,DIOREAD
         BE    *+8
         MVI   DIOTRN,X'05'
         MVC   DIOTRN+6(2),ADTBSIZE+2
         LA    R1,DIOCKDC
         B     DIORUN
*              FBA: sectors
DIOFBA   L     R9,ADTBSIZE
         SRL   R9,9                R9 = sectors in a block
         STH   R9,DIOLNUM
         SR    R6,R6
         MR    R6,R9
         ST    R7,DIOLOC+4
         AR    R7,R9
         BCTR  R7,0
         ST    R7,DIOEXT+12        last sector of the extent
         MVI   DIOLOC,X'06'
         MVC   DIOFTRN(4),DIOBUF
         MVI   DIOFTRN,X'42'
         CLI   DIOOP,DIOREAD
         BE    DIOFBA1
         MVI   DIOLOC,X'01'
         MVI   DIOFTRN,X'41'
DIOFBA1  MVC   DIOFTRN+6(2),ADTBSIZE+2
         LA    R1,DIOFBAC
DIORUN   ST    R1,DIOIOR+4
         MVC   DIOIOR(2),ADTDEV
         LA    R1,DIOIOR
         NUCALL ADMSIOR
         LTR   R15,R15
         BNZ   DIORERR
         TM    DIOIOR+13,X'40'     wrong length: other block size
         BO    DIOERR
         LA    R3,DIOENTL(,R3)
         BCT   R4,DIOLOOP
         DROP  R3
DIOOK    SR    R15,R15
         B     DIOEXIT
DIORERR  CH    R15,=H'1'
         BE    DIOEXIT
         CLI   DIOOP,DIOREAD
         BE    DIOERR
         TM    DIOIOR+17,X'02'     write inhibited: it is read-only
         BZ    DIOERR
DIOWASRO NI    ADTFLG1,255-ADTFRW
         OI    ADTFLG1,ADTFRO
         SSM   DIOMASK
DIORO    SUBRET RC=12
DIOERR   LA    R15,3
DIOEXIT  SSM   DIOMASK
         SUBRET
         LTORG
         DS    0D
DIOCKDC  DC    X'07',AL3(DIOSEEK),X'40',X'00',H'6'     SEEK
DIOSRCH  DC    X'31',AL3(DIOCC),X'40',X'00',H'5'       SEARCH ID
         DC    X'08',AL3(DIOSRCH),X'00',X'00',H'0'     TIC
DIOTRN   DC    X'06',AL3(0),X'00',X'00',H'0'           READ, WRITE
DIOFBAC  DC    X'63',AL3(DIOEXT),X'40',X'00',H'16'     DEFINE EXTENT
         DC    X'43',AL3(DIOLOC),X'40',X'00',H'8'      LOCATE
DIOFTRN  DC    X'42',AL3(0),X'00',X'00',H'0'           READ, WRITE
DIOEXT   DC    X'C0000000',F'0',F'0',F'0'
DIOLOC   DC    X'0600'
DIOLNUM  DC    H'0'
         DC    F'0'
DIOIOR   DC    H'0',X'0000',A(0),D'0',XL24'00'
DIOA4    DC    XL92'00'
         DS    0D
DIO110   DC    XL32'00'
DIOENTRY DC    16XL24'00'
DIOSEEK  DC    H'0'
DIOCC    DC    H'0'
DIOHH    DC    H'0'
DIOREC   DC    X'00'
DIOMASK  DC    X'00'
         COPY  REGEQU
         COPY  NUCON
         COPY  ADT
         COPY  DIOPL
         COPY  DEVTAB
         END   DMSDIOS
